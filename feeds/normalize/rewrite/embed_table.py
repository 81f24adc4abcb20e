"""The table of embedded players: for each host, the paths of its players and the page that shows the same.

A row is `path → page`, or `path → page & names`. In a path, `*` stands for one segment, `**` for all that follow, and
`...` at the end for anything. `{1}` in a page is the first of these segments, `{name}` a query parameter, `{=name}` a
parameter that is the URL of the page, and `{host}` the player's host. A row without its parameters does not apply.
`& names`: query parameters that the page takes over.
"""

from __future__ import annotations

# Host and its subdomains (`www.` is left out) → rows; the first row that applies decides
ROWS_BY_HOST: dict[str, str] = {
    # Video
    "dailymotion.com": """
        /embed/video/* → https://www.dailymotion.com/video/{1} & start
        /embed/playlist/* → https://www.dailymotion.com/playlist/{1}
        /... → https://www.dailymotion.com/video/{video} & start
        /... → https://www.dailymotion.com/playlist/{playlist}""",
    "vimeo.com": """
        /event/*/embed... → https://vimeo.com/event/{1}
        /showcase/*/embed... → https://vimeo.com/showcase/{1}
        /moogaloop.swf → https://vimeo.com/{clip_id}""",
    "clips.twitch.tv": "/embed → https://clips.twitch.tv/{clip}",
    "ted.com": "/talks/** → https://www.ted.com/talks/{1}",
    "archive.org": "/embed/** → https://archive.org/details/{1} & start",
    "streamable.com": """
        /e/* → https://streamable.com/{1}
        /o/* → https://streamable.com/{1}
        /s/*... → https://streamable.com/{1}""",
    "loom.com": "/embed/* → https://www.loom.com/share/{1} & t",
    "odysee.com": """
        /$/embed/@*/* → https://odysee.com/@{1}/{2} & t
        /$/embed/*/* → https://odysee.com/{1}:{2} & t
        /$/embed/* → https://odysee.com/{1} & t""",
    "bitchute.com": "/embed/* → https://www.bitchute.com/video/{1}/",
    "rutube.ru": "/play/embed/* → https://rutube.ru/video/{1}/ & t",
    "vk.com": "/video_ext.php → https://vk.com/video{oid}_{id} & t",
    "vkvideo.ru": "/video_ext.php → https://vkvideo.ru/video{oid}_{id} & t",
    "ok.ru": "/videoembed/* → https://ok.ru/video/{1}",
    "bilibili.com": """
        /... → https://www.bilibili.com/video/{bvid} & p t
        /... → https://www.bilibili.com/video/av{aid} & p t""",
    "embed.nicovideo.jp": "/watch/* → https://www.nicovideo.jp/watch/{1}",
    "tv.naver.com": "/embed/* → https://tv.naver.com/v/{1}",
    "play-tv.kakao.com": "/embed/player/cliplink/* → https://tv.kakao.com/v/{1}",
    "player.youku.com": "/embed/* → https://v.youku.com/v_show/id_{1}.html",
    "v.qq.com": "/txp/iframe/player.html → https://v.qq.com/x/page/{vid}.html",
    "embed.theguardian.com": "/embed/video/** → https://www.theguardian.com/{1}",
    # Music and podcasts
    "podcasters.spotify.com": "/pod/*/*/embed/episodes/* → https://podcasters.spotify.com/pod/{1}/{2}/episodes/{3}",
    "creators.spotify.com": "/pod/*/*/embed/episodes/* → https://creators.spotify.com/pod/{1}/{2}/episodes/{3}",
    "anchor.fm": "/*/embed/episodes/* → https://anchor.fm/{1}/episodes/{2}",
    "embed.podcasts.apple.com": "/** → https://podcasts.apple.com/{1} & i",
    "embed.music.apple.com": "/** → https://music.apple.com/{1} & i",
    "mixcloud.com": "/widget/iframe → {=feed}",
    "omny.fm": "/shows/*/*/embed → https://omny.fm/shows/{1}/{2} & t",
    "share.transistor.fm": "/e/* → https://share.transistor.fm/s/{1}",
    "buzzsprout.com": """
        /*/*.js → https://www.buzzsprout.com/{1}/{2}
        /*/* → https://www.buzzsprout.com/{1}/{2} & t""",
    "widget.spreaker.com": """
        /player → https://www.spreaker.com/episode/{episode_id}
        /player → https://www.spreaker.com/show/{show_id}""",
    "embed.acast.com": "/*/* → https://shows.acast.com/{1}/episodes/{2}",
    "embeds.audioboom.com": "/posts/*/embed... → https://audioboom.com/posts/{1}",
    "podigee.io": "/*/embed... → https://{host}/{1}",
    "art19.com": "/shows/*/episodes/*/embed... → https://art19.com/shows/{1}/episodes/{2}",
    "pca.st": "/embed/* → https://pca.st/{1}",
    "widget.deezer.com": "/widget/*/*/* → https://www.deezer.com/{2}/{3}",
    "audiomack.com": "/embed/*/*/* → https://audiomack.com/{1}/{2}/{3}",
    "npr.org": "/player/embed/*/* → https://www.npr.org/{1}",
    # Posts
    "facebook.com": """
        /plugins/* → {=href}
        /*/plugins/* → {=href}
        /video/embed → https://www.facebook.com/watch/?v={video_id}""",
    "platform.twitter.com": "/embed/* → https://x.com/i/status/{id}",
    "twitframe.com": "/show → {=url}",
    "twitter.com": """
        /i/videos/tweet/* → https://x.com/i/status/{1}
        /i/videos/* → https://x.com/i/status/{1}
        /*/status/* → https://x.com/i/status/{2}""",
    "x.com": "/*/status/* → https://x.com/i/status/{2}",
    "instagram.com": """
        /*/*/embed... → https://www.instagram.com/{1}/{2}/
        /*/*/*/embed... → https://www.instagram.com/{2}/{3}/""",
    "embed.reddit.com": "/** → https://www.reddit.com/{1}",
    "redditmedia.com": "/** → https://www.reddit.com/{1}",
    "assets.pinterest.com": "/ext/embed.html → https://www.pinterest.com/pin/{id}/",
    "linkedin.com": "/embed/feed/update/* → https://www.linkedin.com/feed/update/{1}",
    "embed.bsky.app": "/embed/*/app.bsky.feed.post/* → https://bsky.app/profile/{1}/post/{2}",
    "threads.net": "/@*/post/*/embed → https://www.threads.net/@{1}/post/{2}",
    "threads.com": "/@*/post/*/embed → https://www.threads.com/@{1}/post/{2}",
    "t.me": "/*/* → https://t.me/{1}/{2}",
    "substack.com": """
        /embed/p/* → https://{host}/p/{1}
        /embed → https://{host}/""",
    # Pictures and drawings
    "giphy.com": """
        /embed/*... → https://giphy.com/gifs/{1}
        /gifs/*-* → https://giphy.com/gifs/{2}""",
    "tenor.com": """
        /embed/* → https://tenor.com/view/{1}
        /view/*-* → https://tenor.com/view/{2}""",
    "imgur.com": """
        /a/*/embed... → https://imgur.com/a/{1}
        /gallery/*/embed... → https://imgur.com/gallery/{1}
        /*/embed... → https://imgur.com/{1}""",
    "gfycat.com": "/ifr/* → https://gfycat.com/{1}",
    "sketchfab.com": "/models/*/embed... → https://sketchfab.com/models/{1}",
    "figma.com": "/embed → {=url}",
    "embed.figma.com": "/** → https://www.figma.com/{1} & node-id",
    # Documents, maps, charts
    "docs.google.com": """
        /presentation/d/e/*/embed → https://docs.google.com/presentation/d/e/{1}/pub
        /presentation/d/e/*/pubembed → https://docs.google.com/presentation/d/e/{1}/pub
        /document/d/e/*/pub → https://docs.google.com/document/d/e/{1}/pub
        /spreadsheets/d/e/*/pubhtml → https://docs.google.com/spreadsheets/d/e/{1}/pubhtml & gid
        /forms/d/e/*/viewform → https://docs.google.com/forms/d/e/{1}/viewform
        /forms/d/*/viewform → https://docs.google.com/forms/d/{1}/viewform
        /viewer → {=url}
        /gview → {=url}""",
    "drive.google.com": "/file/d/*/preview → https://drive.google.com/file/d/{1}/view",
    "view.officeapps.live.com": "/op/* → {=src}",
    "scribd.com": "/embeds/*/content → https://www.scribd.com/document/{1}",
    "e.issuu.com": "/embed.html → https://issuu.com/{u}/docs/{d}",
    "flo.uri.sh": "/*/*/embed → https://public.flourish.studio/{1}/{2}/",
    "e.infogram.com": "/* → https://infogram.com/{1}",
    "airtable.com": """
        /embed/* → https://airtable.com/{1}
        /embed/*/* → https://airtable.com/{1}/{2}""",
    "desmos.com": "/calculator/* → https://www.desmos.com/calculator/{1}",
    "geogebra.org": "/material/iframe/id/*... → https://www.geogebra.org/m/{1}",
    "kickstarter.com": "/projects/*/*/widget/... → https://www.kickstarter.com/projects/{1}/{2}",
    # Code
    "codepen.io": """
        /*/embed/preview/* → https://codepen.io/{1}/pen/{2}
        /*/embed/* → https://codepen.io/{1}/pen/{2}""",
    "jsfiddle.net": """
        /*/embed... → https://jsfiddle.net/{1}/
        /*/*/embed... → https://jsfiddle.net/{1}/{2}/
        /*/*/*/embed... → https://jsfiddle.net/{1}/{2}/{3}/""",
    "codesandbox.io": "/embed/* → https://codesandbox.io/s/{1}",
    "stackblitz.com": "/edit/* → https://stackblitz.com/edit/{1} & file",
    "gist.github.com": """
        /*/*.js → https://gist.github.com/{1}/{2}
        /*.js → https://gist.github.com/{1}
        /*/*.pibb → https://gist.github.com/{1}/{2}""",
    "emgithub.com": "/... → {=target}",
    "ghbtns.com": "/... → https://github.com/{user}/{repo}",
    "observablehq.com": "/embed/** → https://observablehq.com/{1}",
    "asciinema.org": """
        /a/*.js → https://asciinema.org/a/{1} & t
        /a/*/iframe → https://asciinema.org/a/{1} & t
        /a/*/embed → https://asciinema.org/a/{1} & t""",
    "pastebin.com": "/embed_iframe/* → https://pastebin.com/{1}",
    # Services that wrap the players of others
    "cdn.embedly.com": """
        /widgets/media.html → {=url}
        /widgets/media.html → {=src}""",
    "iframe.ly": "/api/iframe → {=url}",
    "if-cdn.com": "/api/iframe → {=url}",
}  # fmt: skip
