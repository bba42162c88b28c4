"""What became of recordings as tables: one row each, in files, through pipes and as DataFrames."""
