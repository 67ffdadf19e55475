"""The simulation: actors who trade by platform time, for rehearsals, benches and the past of the demo."""
