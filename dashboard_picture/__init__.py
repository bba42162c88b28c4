"""Draws the dashboard of deploy/grafana to a picture, with figures that a real Prometheus has of real servers.

Grafana is not needed, and has no part in it: panels lie and ask as the dashboard's JSON says, but it is matplotlib that
draws them. `make dashboard-picture` starts servers, Envoy and Prometheus, loads them for some minutes, and draws.
"""
