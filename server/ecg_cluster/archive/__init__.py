"""Archives at rest: a folder or bucket of recordings becomes a Parquet data set, through Ray Data.

The road: `listing` names the files that hold recordings, `result_table` strikes out those that are done, `run` deals
out the rest in chunks, a `worker` for each core reads, classifies and writes a file of rows for each chunk, and `run`
puts that file into the table. Only the program that was started decides what is in the table; so every recording has
one row, whatever dies meanwhile.
"""
