"""The HTML pages: the page of an output, the front page, their theme and its template files."""
