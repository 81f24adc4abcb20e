"""Article → Story: is it the same article, is it the same text, which story does it join?"""
