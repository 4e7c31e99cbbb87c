"""Use cases for the console and the command line alike: browsing, the one door for writes, imports, exports, audit."""
