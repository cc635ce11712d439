"""What a model has to beat: the majority class and a linear model over n-grams. Knows neither runs nor files."""
