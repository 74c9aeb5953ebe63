"""The studio: a page in the browser where bubbles are drawn and plans come back.

`server` answers the page on this machine, `calls` is what it can be asked, `model_process` keeps
one process with the model. Nothing here imports torch but what `worker` runs.
"""
