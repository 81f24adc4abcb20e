"""The running program: the poller, its fetch threads and host queues, the cycle, the daemon."""
