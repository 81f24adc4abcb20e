BEGIN TRANSACTION;
CREATE TABLE alias (
	source TEXT NOT NULL, 
	"key" BLOB NOT NULL, 
	article INTEGER NOT NULL, 
	PRIMARY KEY (source, "key")
);
CREATE TABLE archive (
	output TEXT NOT NULL, 
	page INTEGER NOT NULL, 
	PRIMARY KEY (output, page)
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
	placed BIGINT, 
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
CREATE TABLE delivery (
	n INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	source TEXT NOT NULL, 
	url TEXT NOT NULL, 
	content_type TEXT NOT NULL, 
	received_at BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (n)
);
CREATE TABLE document (
	source TEXT NOT NULL, 
	entries BLOB NOT NULL, 
	PRIMARY KEY (source)
);
CREATE TABLE exact_key (
	"key" BLOB NOT NULL, 
	article INTEGER NOT NULL, 
	seen BIGINT NOT NULL, 
	PRIMARY KEY ("key", article)
);
CREATE TABLE health (
	source TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT, 
	said TEXT NOT NULL, 
	PRIMARY KEY (source, kind, since)
);
CREATE TABLE lane (
	id TEXT NOT NULL, 
	next_ok_at BIGINT NOT NULL, 
	rest TEXT DEFAULT '' NOT NULL, 
	rests INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE ledger (
	output TEXT NOT NULL, 
	entry TEXT NOT NULL, 
	anchor TEXT NOT NULL, 
	story TEXT NOT NULL, 
	lead INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	link TEXT DEFAULT '' NOT NULL, 
	published BIGINT NOT NULL, 
	rank BIGINT DEFAULT '0' NOT NULL, 
	updated BIGINT NOT NULL, 
	content_hash BLOB NOT NULL, 
	page INTEGER, 
	shown INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (output, entry)
);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('version','2');
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
CREATE TABLE output (
	name TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	settings BLOB NOT NULL, 
	written BLOB, 
	listing BLOB, 
	laid BLOB, 
	PRIMARY KEY (name)
);
CREATE TABLE ping (
	hub TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	told BLOB NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_try BIGINT NOT NULL, 
	error TEXT NOT NULL, 
	PRIMARY KEY (hub, topic)
);
CREATE TABLE recalled (
	output TEXT NOT NULL, 
	entry TEXT NOT NULL, 
	link TEXT NOT NULL, 
	published BIGINT NOT NULL, 
	updated BIGINT NOT NULL, 
	page INTEGER, 
	PRIMARY KEY (output, entry)
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
	doubted_at BIGINT, 
	parsed_at BIGINT, 
	news_at BIGINT, 
	failures INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	address_at BIGINT, 
	moved_to TEXT NOT NULL, 
	moved_at BIGINT, 
	moved_seen INTEGER DEFAULT '0' NOT NULL, 
	flooded_at BIGINT, 
	flooded INTEGER DEFAULT '0' NOT NULL, 
	feed BLOB, 
	rhythm BLOB, 
	PRIMARY KEY (id)
);
INSERT INTO "source" VALUES('a','https://a.example/feed','','a.example',0,0,1,'',NULL,1767225600,'about one article a day','"1"','','https://a.example/feed',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,200,'','',NULL,'',NULL,0,NULL,0,NULL,NULL);
CREATE TABLE subscription (
	token TEXT NOT NULL, 
	callback TEXT NOT NULL, 
	source TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	hubs TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	allow_private INTEGER NOT NULL, 
	put_off INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	asked_at BIGINT, 
	lease_end BIGINT, 
	next_try BIGINT NOT NULL, 
	error TEXT NOT NULL, 
	PRIMARY KEY (token)
);
CREATE INDEX source_due_at ON source (due_at);
CREATE INDEX source_asked_at ON source (asked_at);
CREATE INDEX article_story ON article (story);
CREATE INDEX article_source_date ON article (source, date);
CREATE INDEX article_link ON article (link);
CREATE INDEX alias_article ON alias (article);
CREATE INDEX exact_key_article ON exact_key (article);
CREATE INDEX ledger_story ON ledger (output, story);
CREATE INDEX ledger_page ON ledger (output, page);
CREATE INDEX ledger_rank ON ledger (output, shown, rank);
CREATE UNIQUE INDEX ledger_anchor ON ledger (output, anchor);
CREATE INDEX subscription_source ON subscription (source);
CREATE INDEX subscription_next_try ON subscription (next_try);
CREATE INDEX near_print_seen ON near_print (seen);
CREATE INDEX near_piece_seen ON near_piece (seen);
COMMIT;
