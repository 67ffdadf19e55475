"""The platform centre: tools that work beside the mechanism. They hear its facts and call it; it does not know them."""
