/// What is left of the recursion (Formats.md, "End of the recursion").
struct RecursionEnd: Sendable {
  /// h_w at the end of an inference.
  let weightChain: F
  /// The last public state, in the order in which it is hashed.
  let state: State
  /// The last step's X^ to B^.
  let commitments: [Point<BN254>]
  /// By kind; Final's before the last fold.
  var running: [RunningInstance]
  let cycle: CycleInstance
  /// The messages of the last fold.
  let messages: [F]

  /// The preimage of x (Protocol.md, section 6).
  struct State: Sendable {
    let list: [F]
    let key: F
    let index: F
    let phase: F
    let weightChain: F
    let carriedOutput: [F]
    let tokensDigest: F
    let statementChain: F
    let runningDigests: [F]
    let cycleDigest: F
    let binding: F
    let claimPoint: [F]
    let claimValue: F

    init(_ cursor: inout ByteCursor, layout: Layout) throws(Refusal) {
      let list: [F] = try cursor.elements(2 * layout.input.count + layout.claimLog + 13)
      var rest = list[...]
      func next(_ count: Int) -> [F] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      (key, index, phase, weightChain) = (next(1)[0], next(1)[0], next(1)[0], next(1)[0])
      carriedOutput = next(2 * layout.input.count)
      (tokensDigest, statementChain) = (next(1)[0], next(1)[0])
      runningDigests = next(4)
      (cycleDigest, binding) = (next(1)[0], next(1)[0])
      claimPoint = next(layout.claimLog)
      claimValue = next(1)[0]
      self.list = list
    }
  }

  /// Reads the end of a recursion.
  init(_ cursor: inout ByteCursor, key: PlainKey) throws(Refusal) {
    weightChain = try cursor.element()
    state = try State(&cursor, layout: key.layout)
    commitments = try cursor.points(key.layout.chunkCount)
    running = []
    for _ in 0..<4 { running.append(try RunningInstance(&cursor, key: key)) }
    cycle = try CycleInstance(&cursor, key: key)
    messages = try cursor.elements(key.rowLog + 2 * key.layout.claimLog + 1)
  }

  /// Requires everything but satisfied instances and the statement (Protocol.md, section 6), and folds the last step.
  ///
  /// - Parameter steps: how many steps the claimed texts take.
  mutating func verify(key: PlainKey, steps: Int) throws(Refusal) {
    let final = F(3)
    let coordinates = commitments.map(\.hashed)
    let absent = key.layout.input.flatMap { _ in key.generators.blinding.hashed }
    try require(state.key == key.digest, "vk")
    try require(state.phase == final, "the last step is Final")
    try require(state.index == F(steps), "the number of steps")
    try require(state.statementChain != .zero, "an inference")
    try require(state.weightChain == .zero, "h_w after a Head")
    try require(state.carriedOutput == absent, "O^ after a Head")
    try require(state.runningDigests == running.map(\.digest), "digests of running instances")
    try require(state.cycleDigest == cycle.digest, "digest of the CycleFold instance")
    let bound = coordinates[key.layout.bound].flatMap { $0 }
    try require(
      state.binding == hash("binding", [state.key, state.phase, state.tokensDigest] + bound), "the binding digest")
    try require(coordinates[key.layout.input].flatMap { $0 } == state.carriedOutput, "the input of the last step")
    try foldLast(coordinates.flatMap { $0 }, kind: final)
  }

  /// Folds the last step into Final's running instance (Protocol.md, section 5, 1 to 3).
  private mutating func foldLast(_ coordinates: [F], kind: F) throws(Refusal) {
    var instance = running[3]
    var rest = messages[...]
    func next(_ count: Int) -> [F] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let x = hash("public", state.list)
    var transcript = SpongeTranscript("fold")
    transcript.absorb([state.key, kind])
    transcript.absorb([instance.digest])
    transcript.absorb(coordinates + [x] + state.claimPoint + [state.claimValue])
    var power = transcript.squeeze()
    let errorTail = next(instance.errorPoint.count)
    let (firstTail, secondTail) = (next(state.claimPoint.count), next(state.claimPoint.count))
    transcript.absorb(errorTail + firstTail + secondTail)
    let beta = transcript.squeeze()
    for index in instance.errorPoint.indices {
      instance.errorPoint[index] += beta * (power - instance.errorPoint[index])
      power *= power
    }
    for index in instance.claimPoint.indices {
      instance.claimPoint[index] += beta * (state.claimPoint[index] - instance.claimPoint[index])
    }
    let crossValue = next(1)[0]
    transcript.absorb([crossValue])
    let alpha = transcript.squeezeShort()
    // h_E(0) = v_E and h_1(0) = v_Q; h_2(1) = v.
    let secondConstant = secondTail.reduce(state.claimValue) { $0 - $1 }
    instance.errorValue = Self.value([instance.errorValue] + errorTail, at: beta) + alpha * crossValue
    instance.claimValue =
      Self.value([instance.claimValue] + firstTail, at: beta) + alpha
      * Self.value([secondConstant] + secondTail, at: beta)
    instance.u += alpha
    instance.x += alpha * x
    var folded: [Point<BN254>] = []
    for (old, new) in zip(instance.commitments, commitments) {
      guard let point = PointSum.combination([.one, alpha], [old, new]).affine else {
        throw .refused("no commitment is infinity")
      }
      folded.append(point)
    }
    instance.commitments = folded
    running[3] = instance
  }

  /// The value of a polynomial with these coefficients, the constant one first.
  private static func value(_ coefficients: [F], at point: F) -> F {
    coefficients.reversed().reduce(.zero) { $0 * point + $1 }
  }
}
