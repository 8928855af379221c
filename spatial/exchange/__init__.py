"""Plot files in and out: GeoJSON, KML/KMZ, zipped Shapefile, DXF, CSV/XLSX, GeoPackage. What is guessed is always said."""
