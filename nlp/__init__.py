"""Text in, records out: `load()` gives an `Extractor`, `Extractor.extract(texts)` the records."""
