/// What the shape world and the witness world must agree on before a circuit's text runs.
package struct StepColumns: Hashable, Sendable {
  /// The width in bits of a range-checked digit.
  package let digitBits: Int
  /// The block of the values segment that digits fill from its start.
  package let limbs: Range<Int>
  /// u and the public inputs: at least 1.
  package let publicCount: Int

  /// A layout with digits of 1 to 32 bits in the block `limbs`, and `publicCount` public columns, u included.
  package init(digitBits: Int, limbs: Range<Int>, publicCount: Int = 2) {
    precondition((1...32).contains(digitBits), "Digits have 1 to 32 bits.")
    precondition(limbs.lowerBound >= 0 && publicCount >= 1, "Offsets are not negative, and u is always public.")
    self.digitBits = digitBits
    self.limbs = limbs
    self.publicCount = publicCount
  }
}
