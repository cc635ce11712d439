"""How good a run is: the verdict, the report, the wrong rows. Reads what a run left behind, never trains."""
