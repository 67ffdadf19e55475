"""The demo: a town of shops, goods, shoppers and a past, built through the same doors that anyone uses."""
