"""What each kind of job does, one file a kind: ``run(request, progress) -> result``. Run by pipeline.worker."""
