"""WebSub (W3C Recommendation, 2018) as a subscriber: what to do next, and what to believe. Pure.

    a feed names its hub ─ parse.hubs ─→ pending ─ POST ─→ the hub asks back ─→ active ─→ deliveries
                                            ↑                                     │
                                            └──── expired, or a hub that fails ───┘  denied: later, or never

`run.push` asks and reads, `store.subscriptions` remembers, `serve.callback` answers the hubs. Whatever goes
wrong, the source is polled as if there were no hub.
"""
