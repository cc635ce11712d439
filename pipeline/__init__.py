"""TuneDesk without a browser: from a spreadsheet to a trained text model. Imports no Streamlit."""
