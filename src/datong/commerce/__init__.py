"""The one commerce mechanism that every storefront brand shares, floor by floor. See each room's door."""
