"""Item → Article: what a document said becomes what it means. Pure: no I/O, no clock, no log.

Document ─ article.to_articles ─┬ text      titles and other words
                                ├ url       addresses ─ canonical, tracking
                                ├ body      tree ─ rewrite ─ lines ─ credit, dateline, lead ─ html (nh3, last)
                                ├ dates, language, people, media
                                └ identity  the article's id, the hash of what it says
"""
