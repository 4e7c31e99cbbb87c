"""The command line: thin commands over the services. It never imports Textual unless the console is asked for."""
