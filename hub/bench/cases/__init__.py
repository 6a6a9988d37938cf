"""The cases: each measures something on a stage and leaves values under the keys of `hub.bench.catalogue`."""
