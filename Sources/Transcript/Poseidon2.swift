public import Algebra

/// A Poseidon2 permutation over the scalar field with S-box x^5: an external linear layer, then full rounds around
/// partial rounds.
///
/// Every constant is drawn from the Grain generator as the published script does; nothing is a table.
/// - seealso: Grassi, Khovratovich, Schofnegger, "Poseidon2" (ePrint 2023/323); HorizenLabs/poseidon2 for BN254.
@usableFromInline package struct Poseidon2: Sendable {
  /// The number of field elements permuted: 3, 4 or 8.
  @usableFromInline package let width: Int
  /// The number of rounds with an S-box on every lane, half of them at either end.
  @usableFromInline package let fullRounds: Int
  /// The number of rounds with an S-box on lane 0 only.
  @usableFromInline package let partialRounds: Int
  /// Per round, in order: `width` constants of a full round, one of a partial round.
  @usableFromInline package let roundConstants: [ScalarField]
  /// The internal matrix is all ones plus this diagonal.
  @usableFromInline package let internalDiagonal: [ScalarField]

  /// The instance of width 3: 8 full and 56 partial rounds.
  @usableFromInline package static let width3 = Poseidon2(
    width: 3, partialRounds: 56, diagonal: [.one, .one, ScalarField(2 as UInt64)])
  /// The instance of width 4: 8 full and 56 partial rounds; candidate 4 for the diagonal is the first accepted one.
  @usableFromInline package static let width4 = Poseidon2(width: 4, partialRounds: 56, rejectedDiagonals: 4)
  /// The instance of width 8: 8 full and 57 partial rounds; candidate 30 for the diagonal is the first accepted one.
  @usableFromInline package static let width8 = Poseidon2(width: 8, partialRounds: 57, rejectedDiagonals: 30)

  /// Draws the constants of the two instances that hashing and transcripts use, which takes milliseconds once, where it is
  /// first needed otherwise.
  package static func prepare() { _ = (width3, width8) }

  /// An instance whose internal diagonal is fixed by the paper (widths 2 and 3).
  private init(width: Int, partialRounds: Int, diagonal: [ScalarField]) {
    var grain = GrainGenerator(fieldBits: 254, width: width, fullRounds: 8, partialRounds: partialRounds)
    self.width = width
    self.fullRounds = 8
    self.partialRounds = partialRounds
    self.roundConstants = (0..<8 * width + partialRounds).map { _ in grain.element() }
    self.internalDiagonal = diagonal
  }

  /// An instance whose diagonal is drawn after the round constants. The script rejects candidates for which a power
  /// M, M^2, .., M^(2 width) of the internal matrix has a reducible minimal polynomial; how many is stated here.
  private init(width: Int, partialRounds: Int, rejectedDiagonals: Int) {
    var grain = GrainGenerator(fieldBits: 254, width: width, fullRounds: 8, partialRounds: partialRounds)
    self.width = width
    self.fullRounds = 8
    self.partialRounds = partialRounds
    self.roundConstants = (0..<8 * width + partialRounds).map { _ in grain.element() }
    for _ in 0..<rejectedDiagonals * width { _ = grain.reducedElement() }
    self.internalDiagonal = (0..<width).map { _ in grain.reducedElement() - .one }
  }

  /// Permutes a state of `width` elements in place; about 240 products for width 3 and 820 for width 8.
  package func permute(_ state: inout [ScalarField]) {
    precondition(state.count == width, "A state has as many elements as the permutation is wide.")
    state.withUnsafeMutableBufferPointer { lanes in
      roundConstants.withUnsafeBufferPointer { constants in
        internalDiagonal.withUnsafeBufferPointer { diagonal in
          permute(lanes, constants: constants, diagonal: diagonal)
        }
      }
    }
  }

  /// The rounds, over buffers of `width` lanes, all round constants and the diagonal.
  private func permute(
    _ lanes: UnsafeMutableBufferPointer<ScalarField>, constants: UnsafeBufferPointer<ScalarField>,
    diagonal: UnsafeBufferPointer<ScalarField>
  ) {
    var next = 0
    func fullRounds(_ count: Int) {
      for _ in 0..<count {
        for lane in 0..<width { lanes[lane] = Self.fifthPower(lanes[lane] + constants[next + lane]) }
        next += width
        Self.externalLayer(lanes)
      }
    }
    Self.externalLayer(lanes)
    fullRounds(self.fullRounds / 2)
    for _ in 0..<partialRounds {
      lanes[0] = Self.fifthPower(lanes[0] + constants[next])
      next += 1
      var sum = lanes[0]
      for lane in 1..<width { sum += lanes[lane] }
      if width == 3 {
        lanes[0] += sum
        lanes[1] += sum
        lanes[2] = lanes[2].doubled() + sum
      } else {
        for lane in 0..<width { lanes[lane] = lanes[lane] * diagonal[lane] + sum }
      }
    }
    fullRounds(self.fullRounds / 2)
  }

  /// x^5.
  private static func fifthPower(_ x: ScalarField) -> ScalarField { x.squared().squared() * x }

  /// circ(2, 1, 1) for width 3, M4 for width 4, circ(2 M4, M4) for width 8; M4 by the paper's addition chain
  /// (appendix B).
  private static func externalLayer(_ lanes: UnsafeMutableBufferPointer<ScalarField>) {
    if lanes.count == 3 {
      let sum = lanes[0] + lanes[1] + lanes[2]
      for lane in 0..<3 { lanes[lane] += sum }
      return
    }
    for base in stride(from: 0, to: lanes.count, by: 4) {
      let t0 = lanes[base] + lanes[base + 1]
      let t1 = lanes[base + 2] + lanes[base + 3]
      let t2 = lanes[base + 1].doubled() + t1
      let t3 = lanes[base + 3].doubled() + t0
      let t4 = t1.doubled().doubled() + t3
      let t5 = t0.doubled().doubled() + t2
      lanes[base] = t3 + t5
      lanes[base + 1] = t5
      lanes[base + 2] = t2 + t4
      lanes[base + 3] = t4
    }
    guard lanes.count == 8 else { return }
    for lane in 0..<4 {
      let sum = lanes[lane] + lanes[lane + 4]
      lanes[lane] += sum
      lanes[lane + 4] += sum
    }
  }
}
