import Algebra

/// The self-shrinking Grain generator that Poseidon's published instances draw their constants from.
///
/// - seealso: Grassi et al., "Poseidon" (ePrint 2019/458), appendix E; HorizenLabs' `poseidon2_rust_params.sage`, whose
///   published BN254 constants have the S-box field of the seed at 0.
struct GrainGenerator {
  /// The 80-bit register, oldest bit lowest.
  private var register: UInt128

  /// The generator seeded with an instance over a prime field of `fieldBits` bits.
  init(fieldBits: Int, width: Int, fullRounds: Int, partialRounds: Int) {
    precondition(
      fieldBits < 1 << 12 && width < 1 << 12 && fullRounds < 1 << 10 && partialRounds < 1 << 10,
      "The seed has 12 bits for the field size and the width, and 10 for each number of rounds.")
    var register: UInt128 = 0
    var place: UInt128 = 0
    func append(_ value: Int, bits: Int) {
      for bit in (0..<bits).reversed() {
        register |= UInt128(value >> bit & 1) << place
        place += 1
      }
    }
    append(1, bits: 2)  // a prime field
    append(0, bits: 4)  // the S-box field
    append(fieldBits, bits: 12)
    append(width, bits: 12)
    append(fullRounds, bits: 10)
    append(partialRounds, bits: 10)
    append((1 << 30) - 1, bits: 30)
    self.register = register
    for _ in 0..<160 { step() }
  }

  /// Clocks the register once and returns the new bit.
  @discardableResult private mutating func step() -> UInt64 {
    func tap(_ place: UInt128) -> UInt128 { register >> place }
    let bit = (tap(62) ^ tap(51) ^ tap(38) ^ tap(23) ^ tap(13) ^ tap(0)) & 1
    register = register >> 1 | bit << 79
    return UInt64(bit)
  }

  /// The next output bit: of each pair of register bits, the second one if the first is 1.
  private mutating func bit() -> UInt64 {
    while step() == 0 { step() }
    return step()
  }

  /// The next 254 bits as a number, most significant bit first.
  private mutating func number() -> Limbs {
    var limbs: [UInt64] = [0, 0, 0, 0]
    for place in (0..<254).reversed() { limbs[place / 64] |= bit() << UInt64(place % 64) }
    return (limbs[0], limbs[1], limbs[2], limbs[3])
  }

  /// The next number below the modulus.
  mutating func element() -> ScalarField {
    while true {
      if let element = ScalarField(canonicalLimbs: number()) { return element }
    }
  }

  /// The next number, reduced.
  mutating func reducedElement() -> ScalarField { ScalarField(reducing: number()) }
}
