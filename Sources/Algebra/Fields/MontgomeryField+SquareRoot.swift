// Square roots and powers.

extension MontgomeryField {
  /// One of the two square roots, or nil when there is none; time depends on the element.
  ///
  /// - seealso: Tonelli and Shanks; Cohen, "A course in computational algebraic number theory", algorithm 1.5.1.
  @inlinable package func squareRoot() -> Self? {
    guard !isZero else { return self }
    // p - 1 = 2^s t with t odd; x = a^((t + 1) / 2) satisfies x^2 = a b with b = a^t of order dividing 2^s.
    let s = Parameters.twoAdicity
    let halfOdd = shiftedRight(Parameters.modulus, by: s + 1)  // (t - 1) / 2
    let power = raised(to: halfOdd)
    var root = power * self
    var order = root * power
    var correction = Self(montgomery: Parameters.twoAdicRoot)
    var correctionOrder = s  // correction has order 2^correctionOrder
    while order != .one {
      var exponent = 0
      var probe = order
      while probe != .one {
        probe = probe.squared()
        exponent += 1
        if exponent == correctionOrder { return nil }
      }
      for _ in 0..<(correctionOrder - exponent - 1) { correction = correction.squared() }
      root *= correction
      correction = correction.squared()
      order *= correction
      correctionOrder = exponent
    }
    return root
  }

  /// The element raised to a public 256-bit exponent, four bits at a time.
  @inlinable func raised(to exponent: Limbs) -> Self {
    var powers = [Self.one, self]
    for index in 2..<16 { powers.append(powers[index - 1] * self) }
    var result = Self.one
    for limb in [exponent.3, exponent.2, exponent.1, exponent.0] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        result = result.squared().squared().squared().squared() * powers[Int(limb >> shift & 15)]
      }
    }
    return result
  }
}

/// The 256-bit value shifted right by 1 to 63 bits.
@inlinable func shiftedRight(_ value: Limbs, by count: Int) -> Limbs {
  precondition((1...63).contains(count), "A shift by 1 to 63 bits.")
  let down = UInt64(count)
  let up = 64 - down
  return (
    value.0 >> down | value.1 << up, value.1 >> down | value.2 << up,
    value.2 >> down | value.3 << up, value.3 >> down
  )
}
