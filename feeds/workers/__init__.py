"""The pool of killable processes that parse and normalize documents."""
