"""What the vendor declares of the operations that the sandbox plays, in our own words.

`fields` is the vocabulary, `requests` and `results` are the bodies, `operations` the table of
operations, `checking` holds a request against it. A test compares all of it with the
document that the vendor publishes.
"""
