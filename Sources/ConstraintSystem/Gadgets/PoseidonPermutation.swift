public import Algebra
public import Transcript

extension Poseidon2 {
  /// What the permutation is called as a block.
  @usableFromInline var blockName: StaticString {
    switch width {
    case 3: "Poseidon2 of width 3"
    case 4: "Poseidon2 of width 4"
    default: "Poseidon2 of width 8"
    }
  }

  /// The rows of one permutation in a circuit: three for every S-box.
  package var rowCount: Int { 3 * (fullRounds * width + partialRounds) }
}

extension Arithmetic where Field == ScalarField {
  /// The Poseidon2 permutation of a state, with the same values as `Poseidon2.permute`; `rowCount` rows: 240 for width 3,
  /// 363 for width 8. Lanes that no S-box changes stay linear combinations over all partial rounds: the rows of a block
  /// are kept, and evaluated on many blocks, at once, so that their length matters little.
  @_specialize(where Self == WitnessBuilder<ScalarField>)
  @_specialize(where Self == NativeArithmetic<ScalarField>)
  @inlinable package mutating func permute(_ state: inout [Element], by permutation: Poseidon2) {
    precondition(state.count == permutation.width, "A state has as many elements as the permutation is wide.")
    repeated(permutation.blockName, &state) { world, state in world.rounds(of: permutation, on: &state) }
  }

  /// All rounds, row by row.
  @inlinable mutating func rounds(of permutation: Poseidon2, on state: inout [Element]) {
    let width = permutation.width
    var next = 0
    externalLayer(&state)
    for round in 0..<permutation.fullRounds + permutation.partialRounds {
      let partial = round - permutation.fullRounds / 2
      if (0..<permutation.partialRounds).contains(partial) {
        state[0] = fifthPower(state[0] + constant(permutation.roundConstants[next]))
        next += 1
        internalLayer(&state, diagonal: permutation.internalDiagonal)
      } else {
        for lane in 0..<width {
          state[lane] = fifthPower(state[lane] + constant(permutation.roundConstants[next + lane]))
        }
        next += width
        externalLayer(&state)
      }
    }
  }

  /// x^5, three rows.
  @inlinable mutating func fifthPower(_ x: Element) -> Element {
    let square = multiply(x, x)
    let fourth = multiply(square, square)
    return multiply(fourth, x)
  }

  /// All ones plus the diagonal.
  @inlinable func internalLayer(_ state: inout [Element], diagonal: [ScalarField]) {
    var sum = state[0]
    for lane in 1..<state.count { sum = sum + state[lane] }
    if state.count == 3 {
      state[0] = state[0] + sum
      state[1] = state[1] + sum
      state[2] = state[2] + state[2] + sum
    } else {
      for lane in state.indices { state[lane] = diagonal[lane] * state[lane] + sum }
    }
  }

  /// circ(2, 1, 1) for width 3, M4 for width 4, circ(2 M4, M4) for width 8 (see `Poseidon2`).
  @inlinable func externalLayer(_ state: inout [Element]) {
    if state.count == 3 {
      let sum = state[0] + state[1] + state[2]
      for lane in 0..<3 { state[lane] = state[lane] + sum }
      return
    }
    for base in stride(from: 0, to: state.count, by: 4) {
      let t0 = state[base] + state[base + 1]
      let t1 = state[base + 2] + state[base + 3]
      let t2 = state[base + 1] + state[base + 1] + t1
      let t3 = state[base + 3] + state[base + 3] + t0
      let twice1 = t1 + t1
      let twice0 = t0 + t0
      let t4 = twice1 + twice1 + t3
      let t5 = twice0 + twice0 + t2
      state[base] = t3 + t5
      state[base + 1] = t5
      state[base + 2] = t2 + t4
      state[base + 3] = t4
    }
    guard state.count == 8 else { return }
    for lane in 0..<4 {
      let sum = state[lane] + state[lane + 4]
      state[lane] = state[lane] + sum
      state[lane + 4] = state[lane + 4] + sum
    }
  }
}
