"""Tables in and out: exports read in chunks, columns guessed, results written whole or not at all."""
