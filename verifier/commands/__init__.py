"""The commands, one file each: every one reads its options, calls the stages, and prints."""
