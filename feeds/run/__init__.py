"""When and where work happens: due times, threads and processes, commits, publication, the daemon."""
