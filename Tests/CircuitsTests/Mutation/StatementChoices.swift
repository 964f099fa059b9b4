import Algebra
import Arguments
import Circuits
import Model
import Support

/// Steps whose projections, norms and logits are the attacker's choice: a statement holds for committed weights, whatever they are,
/// and hidden states are what came before. So every number can be brought to the end of its range, and a little beyond.
extension StatementCorpus {
  /// The step of a model without projections from random hidden states, small values, gates and up projections.
  func background(using generator: inout SeededGenerator) -> StatementFill {
    var fill = silent
    let input = circuit.tensor("input")
    for place in input.realPlaces {
      fill.data[input, place] = ScalarField(Int64.random(in: -1 << 24...1 << 24, using: &generator))
    }
    if kind == .layer {
      for (name, bound) in [("value", 1 << 10), ("gate", 200), ("up", 1 << 10)] {
        fill.projections[name] = [:]
        for place in circuit.digits(name)[0].realPlaces {
          fill.projections[name]?[place] = Int128(Int.random(in: -bound...bound, using: &generator))
        }
      }
    }
    fill.fill()
    return fill
  }

  /// Steps with one number at the end of its range or beyond it.
  func extremes(using generator: inout SeededGenerator, _ judge: (StatementFill) -> Void) {
    let base = kind == .layer || kind == .head ? background(using: &generator) : honest
    func judgeFilled(_ change: (inout StatementFill) -> Void) {
      var fill = base
      change(&fill)
      fill.fill()
      judge(fill)
    }
    switch kind {
    case .embedding:
      embeddings(using: &generator, judgeFilled)
      judge(anotherState())
    case .layer:
      projections(using: &generator, judgeFilled)
      scores(judgeFilled)
      hiddenNumbers(judgeFilled)
    case .head:
      logits(using: &generator, judgeFilled)
    case .final: break
    }
  }

  /// Hidden states of all sizes, which bring the numbers of norms to the ends of their ranges.
  func norms(using generator: inout SeededGenerator, _ judge: (StatementFill) -> Void) {
    guard kind == .layer || kind == .head else { return }
    let base = background(using: &generator)
    norms(upTo: 58, using: &generator) { change in
      var fill = base
      change(&fill)
      fill.fill()
      judge(fill)
    }
  }

  /// Numbers about the ends of a signed range of so many bits.
  private func ends(_ bits: Int, using generator: inout SeededGenerator) -> [Int128] {
    let half = Int128(1) << Int128(bits - 1)
    let inside = Int128.random(in: half - half / 8..<half, using: &generator)
    return [inside, -inside, half - 1, -half, half, -half - 1, half + half / 16, -half - half / 16, half + half / 2]
  }

  /// Another number than the token's row has.
  private func anotherState() -> StatementFill {
    var fill = honest
    for tensor in [circuit.digits("state")[0], circuit.tensor("output")] {
      fill.data[tensor, 0] += honest.data[circuit.digits("state")[0], 0].integer == 0 ? .one : -.one
    }
    return fill
  }

  private func embeddings(
    using generator: inout SeededGenerator, _ judge: ((inout StatementFill) -> Void) -> Void
  ) {
    let weights = circuit.tensor("embedding")
    let shift = inference.model.parameters.embeddingShift
    for number in ends(32, using: &generator) {
      for place in weights.realPlaces {
        judge { $0.data[weights, place] = ScalarField(number >> Int128(shift)) }
      }
    }
  }

  private func projections(
    using generator: inout SeededGenerator, _ judge: ((inout StatementFill) -> Void) -> Void
  ) {
    for name in ["query", "key", "value", "up", "attention output", "state"] {
      let tensor = circuit.digits(name)[0]
      let outputs = 1 << (tensor.logSize - tensor.axes[0].logSize)
      let bits = ["attention output", "state"].contains(name) ? 32 : 16
      for number in ends(bits, using: &generator) {
        for place in tensor.realPlaces.shuffled(using: &generator).prefix(6) {
          judge { fill in
            fill.projections[name, default: [:]][place] = number
            // X1 at the end of its range, Y within.
            if name == "attention output" { fill.projections["state"] = [place: number / 2] }
            if name == "up" { fill.projections["gate", default: [:]][place] = 0 }
          }
        }
        // Both halves of a pair, which a rotation makes larger; and all positions, whose average is what attention sees.
        guard ["query", "key", "value"].contains(name) else { continue }
        for position in 0..<tensor.axes[0].size {
          for sign in [Int128(1), -1] {
            let first = position * outputs
            let second = first | 1 << (tensor.axes.last?.logSize ?? 0)
            judge { $0.projections[name, default: [:]].merge([first: number, second: sign * number]) { $1 } }
          }
        }
        judge { fill in
          for position in 0..<tensor.axes[0].size { fill.projections[name, default: [:]][position * outputs] = number }
        }
      }
    }
  }

  /// One score about the end of its 24 bits; it is the only one that the first position sees.
  private func scores(_ judge: ((inout StatementFill) -> Void) -> Void) {
    let configuration = inference.model.configuration
    let scale = Int128(1) << Int128(inference.model.parameters.scoreShift)
    let width = Int128(configuration.headDimension)
    let pairs = 1 << (Axis.logarithm(configuration.halfHead) + 1)
    let half = Int128(1) << 23
    let number = Int128(1 << 15 - 1)
    for target in [
      half - 1, half - half / 16, half, half + half / 4, -half, -half - 1, -half - half / 4, -half / 16 * 15,
    ] {
      let other = target * scale / (width * number)
      guard other.magnitude < 1 << 15 else { continue }
      judge { fill in
        for name in ["query", "key"] {
          for place in 0..<pairs where circuit.digits(name)[0].realPlaces.contains(place) {
            fill.projections[name, default: [:]][place] = name == "query" ? other : number
          }
        }
        // What rounding of `other` left over.
        let rest = (target * scale - width * number * other) / number
        fill.projections["query"]?[0] = other + rest
      }
    }
  }

  /// A gate's activation times an up projection, about the end of 16 bits.
  private func hiddenNumbers(_ judge: ((inout StatementFill) -> Void) -> Void) {
    let silu = inference.parameters.functions.silu
    let shift = Int128(inference.model.parameters.hiddenShift)
    guard let largest = silu.last, largest > 0 else { return }
    let half = Int128(1) << 15
    for target in [half - 1, half - half / 16, half, half + half / 4, -half, -half - 2, -half - half / 4, 16 - half] {
      let number = (target << shift) / Int128(largest)
      guard number.magnitude < half else { continue }
      let tensor = circuit.digits("up")[0]
      let outputs = 1 << (tensor.logSize - tensor.axes[0].logSize)
      for position in 0..<tensor.axes[0].size {
        judge { fill in
          // Alone in its row.
          for place in tensor.realPlaces where place / outputs == position { fill.projections["up"]?[place] = 0 }
          fill.projections["up"]?[position * outputs] = number
          fill.projections["gate"]?[position * outputs] = Int128(silu.count / 2 - 1)
        }
      }
    }
  }

  /// Hidden states of all sizes, alone in their row or not.
  private func norms(
    upTo bound: Int, using generator: inout SeededGenerator, _ judge: ((inout StatementFill) -> Void) -> Void
  ) {
    let input = circuit.tensor("input")
    let width = 1 << (input.logSize - input.axes[0].logSize)
    for bits in 0...bound {
      for isAlone in [true, false, false] {
        let position = Int.random(in: 0..<input.axes[0].size, using: &generator)
        let channel = Int.random(in: 0..<input.axes[1].size, using: &generator)
        judge { fill in
          for place in input.realPlaces where place / width == position {
            let number = Int64.random(in: -1 << Int64(bits)...1 << Int64(bits), using: &generator)
            fill.data[input, place] = isAlone && place % width != channel ? .zero : ScalarField(number)
          }
          // Attention takes away what is beyond the range of X1.
          if bits > 30 && kind == .layer {
            for place in input.realPlaces {
              fill.projections["attention output", default: [:]][place] = Int128(place % 7) << 20
            }
          }
        }
      }
    }
    judge { fill in for place in input.realPlaces { fill.data[input, place] = .zero } }
    // As large as 32 bits allow.
    for _ in 0..<12 {
      judge { fill in
        for place in input.realPlaces {
          let number = (Int64(1) << 31) - Int64.random(in: 1...1 << 24, using: &generator)
          fill.data[input, place] = ScalarField(Bool.random(using: &generator) ? number : -number)
        }
      }
    }
  }

  /// Weights so large that gaps fill their digits.
  private func logits(using generator: inout SeededGenerator, _ judge: ((inout StatementFill) -> Void) -> Void) {
    let weights = circuit.tensor("head weights")
    for bits in 16...34 {
      for _ in 0..<3 {
        judge { fill in
          for place in weights.realPlaces {
            let bound = Int64(1) << Int64(bits)
            fill.data[weights, place] = ScalarField(Int64.random(in: -bound...bound, using: &generator))
          }
        }
      }
    }
    // All gaps so much too large that only one digit of them shows it.
    let largest = circuit.tensor("largest logit")
    for digit in 0..<circuit.digits("gap").count {
      for place in largest.realPlaces {
        let logit = honest.data[largest, place] + BigFraction.powerOfTwo(digit * inference.model.parameters.digitBits)
        var fill = honest
        fill.pins = [largest.name: [place: logit]]
        judge { $0 = fill }
      }
    }
  }
}
