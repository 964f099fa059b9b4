/// The permutations of widths 3 and 8 over F (Protocol.md, section 2).
package struct Poseidon2: Sendable {
  private let width: Int
  private let partialRounds: Int
  private let constants: [F]
  /// The matrix of full rounds.
  private let external: [[F]]
  /// The matrix of partial rounds.
  private let internalMatrix: [[F]]

  /// Width 3.
  package static let width3 = Self(
    width: 3, partialRounds: 56, external: [[2, 1, 1], [1, 2, 1], [1, 1, 2]], skippedDiagonals: nil)

  /// Width 8: four blocks of 4 x 4, those on the diagonal twice the others.
  package static let width8 = Self(
    width: 8, partialRounds: 57,
    external: (0..<8).map { row in
      let block = [[5, 7, 1, 3], [4, 6, 1, 1], [1, 3, 5, 7], [1, 1, 4, 6]][row % 4]
      return (0..<8).map { column in block[column % 4] * (row / 4 == column / 4 ? 2 : 1) }
    }, skippedDiagonals: 30)

  private init(width: Int, partialRounds: Int, external: [[Int]], skippedDiagonals: Int?) {
    self.width = width
    self.partialRounds = partialRounds
    self.external = external.map { $0.map { F($0) } }
    var grain = Grain(width: width, fullRounds: 8, partialRounds: partialRounds)
    constants = (0..<8 * width + partialRounds).map { _ in grain.element() }
    var diagonal = [F(2), F(2), F(3)]
    if let skippedDiagonals {
      for _ in 0..<skippedDiagonals * width { _ = grain.reducedElement() }
      diagonal = (0..<width).map { _ in grain.reducedElement() }
    }
    internalMatrix = (0..<width).map { row in (0..<width).map { $0 == row ? diagonal[row] : .one } }
  }

  /// The permuted state.
  package func permute(_ state: [F]) -> [F] {
    precondition(state.count == width, "as many elements as the permutation is wide")
    var constants = constants[...]
    var state = Self.multiply(external, state)
    for round in 0..<8 + partialRounds {
      let isFull = round < 4 || round >= 4 + partialRounds
      for lane in 0..<(isFull ? width : 1) {
        let sum = state[lane] + constants.removeFirst()
        state[lane] = sum * sum * sum * sum * sum
      }
      state = Self.multiply(isFull ? external : internalMatrix, state)
    }
    return state
  }

  private static func multiply(_ matrix: [[F]], _ vector: [F]) -> [F] {
    matrix.map { row in row.indices.reduce(F.zero) { $0 + row[$1] * vector[$1] } }
  }
}

/// The generator of Poseidon2's constants: a register of 80 bits, shrinking itself.
private struct Grain {
  private var register: [UInt8] = []

  init(width: Int, fullRounds: Int, partialRounds: Int) {
    // A prime field, the S-box field of the published script, 254 bits, the sizes, thirty ones; highest bits first.
    for (value, bits) in [(1, 2), (0, 4), (254, 12), (width, 12), (fullRounds, 10), (partialRounds, 10)] {
      for bit in (0..<bits).reversed() { register.append(UInt8(value >> bit & 1)) }
    }
    register += [UInt8](repeating: 1, count: 30)
    for _ in 0..<160 { _ = step() }
  }

  private mutating func step() -> UInt8 {
    let bit = register[62] ^ register[51] ^ register[38] ^ register[23] ^ register[13] ^ register[0]
    register.removeFirst()
    register.append(bit)
    return bit
  }

  /// Of every pair of bits the second one, if the first is 1.
  private mutating func bit() -> UInt8 {
    while step() == 0 { _ = step() }
    return step()
  }

  /// 254 bits, the highest first, as a number.
  private mutating func number() -> [UInt] {
    var limbs: [UInt] = [0, 0, 0, 0]
    for place in (0..<254).reversed() { limbs[place / 64] |= UInt(bit()) << UInt(place % 64) }
    return limbs
  }

  /// The next number, reduced.
  mutating func reducedElement() -> F { F(reducing: number()) }

  /// The next number below r.
  mutating func element() -> F {
    while true {
      let limbs = number()
      let element = F(reducing: limbs)
      if element.words == limbs { return element }
    }
  }
}
