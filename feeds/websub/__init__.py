"""WebSub (W3C Recommendation, 2018): the subscriber for the news of sources, and the publisher of our own.

How a subscription changes (`subscription` has the pure functions):

    a feed names its hub ─ parse.hubs ─→ pending ─ POST ─→ the hub verifies ─→ active ─→ deliveries
                                            ↑                                    │
                                            └─── lease expired, or hub failed ───┘  denied: retried after a month

`subscriber` sends requests to hubs, `callback` answers theirs, `delivery` parses and commits what they deliver, and
`store.subscriptions` keeps the state. Polling goes on in any case, so a hub that fails costs no news.
"""
