"""The front door: what `import bd_gen` offers. Nothing is worked out here, only handed on."""
