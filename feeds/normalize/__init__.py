"""Turns the items of a parsed document into articles. Pure: no I/O, no clock, no log.

Document -- article.to_articles --+ text      titles and other short fields as plain text
                                  + url       absolute URLs; canonical, tracking
                                  + body      tree - rewrite - lines - credits, repeated_lead - html (nh3)
                                  + dates, language, people, media, podcast
                                  + content_hash  tells edits from new markup
"""
