"""What writing stands on: a sheet or display (`sheet`), or the edges of objects (`background`)."""
