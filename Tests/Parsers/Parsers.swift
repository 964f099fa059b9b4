// Parsers: every parser of bytes that others supply, behind one function for the fuzzing program and for tests, with the
// laws that what is accepted must obey, and small valid inputs to begin with. It may import every library target.
