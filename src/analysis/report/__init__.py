"""From notebooks to a published study: kernels, execution, pipeline, pages and site."""
