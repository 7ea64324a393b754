"""What Buttress says about its own comments in the code."""
