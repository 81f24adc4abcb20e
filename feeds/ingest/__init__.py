"""One poll → the state: fetch, parse, record the poll, add its articles, assign their stories."""
