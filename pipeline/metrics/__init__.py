"""How good predictions are: numbers and their intervals. Knows neither models nor runs."""
