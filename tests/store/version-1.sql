BEGIN TRANSACTION;
CREATE TABLE alias (
	source TEXT NOT NULL,
	"key" BLOB NOT NULL,
	article INTEGER NOT NULL,
	PRIMARY KEY (source, "key")
);
CREATE TABLE article (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	source TEXT NOT NULL,
	story TEXT NOT NULL,
	sure TEXT NOT NULL,
	exact TEXT NOT NULL,
	link TEXT NOT NULL,
	date BIGINT NOT NULL,
	first_seen BIGINT NOT NULL,
	published BIGINT,
	met BIGINT NOT NULL,
	content_hash BLOB NOT NULL,
	body BLOB,
	PRIMARY KEY (n),
	UNIQUE (id)
);
CREATE TABLE changed_output (
	output TEXT NOT NULL,
	story TEXT NOT NULL,
	PRIMARY KEY (output, story)
);
CREATE TABLE correction (
	article TEXT NOT NULL,
	story TEXT NOT NULL,
	together INTEGER NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (article, story)
);
CREATE TABLE decision (
	article INTEGER NOT NULL,
	other TEXT NOT NULL,
	evidence TEXT NOT NULL,
	nearest TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (article)
);
CREATE TABLE exact_key (
	"key" BLOB NOT NULL,
	article INTEGER NOT NULL,
	seen BIGINT NOT NULL,
	PRIMARY KEY ("key", article)
);
CREATE TABLE lane (
	id TEXT NOT NULL,
	next_ok_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE ledger (
	output TEXT NOT NULL,
	entry TEXT NOT NULL,
	anchor TEXT NOT NULL,
	story TEXT NOT NULL,
	lead INTEGER NOT NULL,
	source TEXT NOT NULL,
	published BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	content_hash BLOB NOT NULL,
	shown INTEGER NOT NULL,
	why TEXT NOT NULL,
	PRIMARY KEY (output, entry)
);
CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('version','1');
CREATE TABLE output (
	name TEXT NOT NULL,
	since BIGINT NOT NULL,
	settings BLOB NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE source (
	id TEXT NOT NULL,
	url TEXT NOT NULL,
	feed_url TEXT NOT NULL,
	lane TEXT NOT NULL,
	shard INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	configured INTEGER NOT NULL,
	list TEXT NOT NULL,
	spec BLOB,
	due_at BIGINT NOT NULL,
	due_why TEXT NOT NULL,
	etag TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	validators_url TEXT NOT NULL,
	body_hash BLOB,
	asked_at BIGINT,
	ok_at BIGINT,
	full_at BIGINT,
	parsed_at BIGINT,
	news_at BIGINT,
	failures INTEGER NOT NULL,
	status INTEGER NOT NULL,
	error TEXT NOT NULL,
	moved_to TEXT NOT NULL,
	moved_at BIGINT,
	feed BLOB,
	PRIMARY KEY (id)
);
CREATE INDEX source_due ON source (shard, due_at);
CREATE INDEX article_story ON article (story);
CREATE INDEX article_link ON article (link);
CREATE INDEX article_source_date ON article (source, date);
CREATE INDEX alias_article ON alias (article);
CREATE INDEX exact_key_article ON exact_key (article);
CREATE INDEX ledger_story ON ledger (output, story);
CREATE UNIQUE INDEX ledger_anchor ON ledger (output, anchor);
CREATE INDEX ledger_newest ON ledger (output, shown, published);
INSERT INTO source (id, url, feed_url, lane, shard, priority, configured, list, due_at, due_why, etag, last_modified, validators_url, failures, status, error, moved_to) VALUES ('a', 'https://a.example/feed', '', 'a.example', 0, 0, 1, '', 1767225600, 'every 60 min', '"1"', '', 'https://a.example/feed', 0, 200, '', '');
CREATE TABLE near_piece (
	"key" INTEGER NOT NULL,
	marks BLOB NOT NULL,
	seen BIGINT NOT NULL,
	PRIMARY KEY ("key")
);
CREATE TABLE near_print (
	n INTEGER NOT NULL,
	source TEXT NOT NULL,
	seen BIGINT NOT NULL,
	print BLOB NOT NULL,
	PRIMARY KEY (n)
);
CREATE TABLE near_posting_0 (key INTEGER NOT NULL, article INTEGER NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (key, article)) WITHOUT ROWID;
INSERT INTO near_print VALUES (1, 'a', 1767225600, X'90');
INSERT INTO near_piece VALUES (7, X'01000000', 1767225600);
INSERT INTO near_posting_0 VALUES (5, 1, 1767225600);
CREATE INDEX near_print_seen ON near_print (seen);
CREATE INDEX near_piece_seen ON near_piece (seen);
COMMIT;
