"""The command line. Only here is anything printed, and only here does the program end."""
