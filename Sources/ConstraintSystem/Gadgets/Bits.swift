public import Algebra

extension Arithmetic {
  /// Requires a bit: 0 or 1; one row.
  @inlinable package mutating func requireBoolean(_ bit: Element, _ label: StaticString = "boolean") throws {
    try requireProduct(bit, bit, equals: bit, label)
  }

  /// sum of 2^i bits[i], free.
  @inlinable package static func packed(_ bits: [Element]) -> Element {
    // From the top down, so that the native world only doubles.
    bits.reversed().reduce(.zero) { $0 + $0 + $1 }
  }

  /// The `count` bits of a value below 2^count, least significant first, count <= 253; count + 1 rows.
  ///
  /// Unique because 2^253 is below every modulus used here; a value that does not fit violates "bits of a value".
  @_specialize(where Self == WitnessBuilder<ScalarField>)
  @inlinable package mutating func bits(of value: Element, count: Int) throws -> [Element] {
    precondition(count <= 253, "Below the modulus; `canonicalBits` decomposes any element.")
    return try unboundedBits(of: value, count: count)
  }

  /// The 254 bits of the representative of a value in [0, r), least significant first.
  ///
  /// 254 + 1 rows for bits and sum, and a row for each of the runs of zeros of r - 1: see `requireAtMost`.
  @_specialize(where Self == WitnessBuilder<ScalarField>)
  @inlinable package mutating func canonicalBits(of value: Element) throws -> [Element] {
    let bits = try unboundedBits(of: value, count: 254)
    let last = (-Field.one).canonicalLimbs
    try requireAtMost(bits, [last.0, last.1, last.2, last.3])
    return bits
  }

  /// Bits with the given sum modulo r.
  @inlinable mutating func unboundedBits(of value: Element, count: Int) throws -> [Element] {
    enter("bits")
    defer { leave() }
    let bits = try advice(count: count, from: [value]) { inputs in
      let limbs = inputs[0].canonicalLimbs
      let words = [limbs.0, limbs.1, limbs.2, limbs.3]
      return (0..<count).map { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 ? .one : .zero }
    }
    for bit in bits { try requireBoolean(bit) }
    try requireEqual(value, Self.packed(bits), "bits of a value")
    return bits
  }

  /// Requires the number with these bits to be at most `bound`, little endian; a row and an advice for each run of zeros
  /// of `bound`, and a row more for every eighth.
  ///
  /// Let m be the number of zeros among the bits above a run where `bound` has ones. If m = 0, the bits so far agree with
  /// `bound` or are below it, and a one within the run would be above it; if m > 0, the number may already be below. So it
  /// is at most `bound` exactly when for every run m = 0 implies (ones in the run) = 0, that is (ones) = m * advice for
  /// some advice. The advice is free exactly when m = 0. Both counts are at most 254, so nothing wraps.
  @inlinable package mutating func requireAtMost(_ bits: [Element], _ bound: [UInt64]) throws {
    enter("at most")
    defer { leave() }
    let ones = bits.indices.map { bound[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    var missing = Element.zero
    var runs = 0
    var place = bits.count
    while place > 0 {
      var run = Element.zero
      while place > 0, ones[place - 1] {
        missing = missing + constant(.one) - bits[place - 1]
        place -= 1
      }
      let top = place
      while place > 0, !ones[place - 1] {
        run = run + bits[place - 1]
        place -= 1
      }
      guard place < top else { continue }
      runs += 1
      if runs % 8 == 0 { missing = materialise(missing) }
      let quotient = try advice(from: [run, missing]) { inputs in
        inputs[1].inverse().map { inputs[0] * $0 } ?? .zero
      }
      try requireProduct(missing, quotient, equals: run, "at most a constant")
    }
  }
}
