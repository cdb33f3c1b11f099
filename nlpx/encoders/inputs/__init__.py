"""What an encoder sees of a text, one input a file: text to integers, integers to vectors."""
