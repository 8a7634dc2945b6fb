"""The tests; a package, so that no other package called ``tests`` can be imported by mistake."""
