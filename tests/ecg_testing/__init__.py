"""What several tests share: messages, hand-computable fakes, and a real server around them."""
