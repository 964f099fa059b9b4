import Algebra
import Arguments
import Circuits
import Foundation
import Model
import Support

/// False steps of one kind, made to violate few requirements each.
struct StatementCorpus {
  let inference: Inference
  let kind: StepKind
  /// The honest step.
  private(set) var honest: StatementFill
  /// The honest step of the model without projections, in which few numbers depend on others.
  let silent: StatementFill

  /// A corpus of one kind of step.
  init(_ inference: Inference, silent: Inference, _ kind: StepKind) {
    self.inference = inference
    self.kind = kind
    honest = StatementFill(inference, kind, inference.values(kind))
    self.silent = StatementFill(silent, kind, silent.values(kind))
    // Digits of the recursion are whatever points there are: here of all sizes.
    var generator = SeededGenerator(seed: 63)
    let limbs = inference[kind].limbs
    for place in 0..<limbs.count {
      let digit = Int64.random(in: 0..<1 << Int64(inference.model.parameters.digitBits), using: &generator)
      honest.data[limbs, place] = ScalarField(digit)
    }
  }

  /// True steps: these two, and the honest one from other hidden states, loud and quiet ones.
  func trueSteps(using generator: inout SeededGenerator) -> [StatementFill] {
    var found = [honest, silent]
    guard kind == .layer || kind == .head else { return found }
    let input = circuit.tensor("input")
    for bound in [1 << 30, 1 << 23, 1 << 6, 2] as [Int64] {
      var fill = honest
      for place in input.realPlaces {
        fill.data[input, place] = ScalarField(Int64.random(in: -bound...bound, using: &generator))
      }
      fill.fill()
      if fill.data.violations(of: circuit.statement).isEmpty { found.append(fill) }
    }
    return found
  }

  var circuit: StepCircuit { inference[kind] }
  private var digitBits: Int { inference.model.parameters.digitBits }

  /// The tensors whose entries are the prover's choice and are required to be what they are.
  var tensors: [Tensor] {
    circuit.tensors.filter {
      $0.name != "multiplicities" && $0.name != "limbs" && !(kind == .head && $0.name == "tokens")
        && !(kind == .embedding && $0.name == "tokens")
    }
  }

  /// One entry changed, all else kept.
  func singleChanges(_ places: Int, using generator: inout SeededGenerator, _ judge: (StatementEntries) -> Void) {
    for tensor in tensors + [circuit.limbs] {
      for _ in 0..<places {
        let place = tensor.randomRealPlace(using: &generator)
        let value = honest.data[tensor, place].integer
        for chosen in [value + 1, value - 1, value + 1 << 20, -1, 1 << Int128(digitBits)] {
          var data = honest.data
          data[tensor, place] = ScalarField(chosen)
          judge(data)
        }
      }
    }
  }

  /// One entry chosen, everything after it recomputed.
  func neighbours(
    _ places: Int, using generator: inout SeededGenerator, _ judge: (Tensor, Int, StatementEntries) -> Void
  ) {
    let half = ScalarField(Int64(2)).inverse() ?? .zero
    for tensor in tensors where tensor.segment == .values {
      for _ in 0..<places {
        let place = tensor.randomRealPlace(using: &generator)
        let value = honest.data[tensor, place]
        // The last one wraps around the modulus: twice it is an odd number.
        for chosen in [
          value + .one, value - .one, -value - .one, value + BigFraction.powerOfTwo(digitBits), value + half,
        ] {
          var fill = honest
          fill.pins = [tensor.name: [place: chosen]]
          fill.fill()
          judge(tensor, place, fill.data)
        }
      }
    }
  }

  /// A number of several digits chosen as a whole, or the sum of a row's exponentials, everything after it recomputed.
  func otherNumbers(using generator: inout SeededGenerator, _ judge: (StatementEntries) -> Void) {
    func choose(_ pin: String, _ place: Int, _ value: Int128) {
      var fill = honest
      fill.pins = [pin: [place: ScalarField(value)]]
      fill.fill()
      judge(fill.data)
    }
    for tensor in tensors where tensor.name.hasSuffix(", digit 0") {
      let name = String(tensor.name.dropLast(", digit 0".count))
      let place = tensor.randomRealPlace(using: &generator)
      let value = honestNumber(circuit.digits(name), place)
      for change in [1, -1, 1 << 11, -1 << 11] as [Int128] { choose("\(name) number", place, value + change) }
      // Which of them leave a slack just below 0 hangs on the sums of all rows.
      for place in name == "reciprocal" ? tensor.realPlaces : [] {
        for change in [1, -1] as [Int128] {
          choose("\(name) number", place, honestNumber(circuit.digits(name), place) + change)
        }
      }
    }
    guard kind == .layer else { return }
    let last = circuit.tensor("zero count").axes[3].logSize
    for row in 0..<(1 << (circuit.tensor("zero count").logSize - last)) where row % 3 == 0 {
      for sum in [1 << 22, 1 << 23, 3 << 22] as [Int128] { choose("exponential sum", row, sum + Int128(row)) }
    }
  }

  /// A number cut otherwise: one digit moved into the next, also where only a fraction of the next makes up for it.
  func otherDigits(
    of step: StatementFill, named part: String = ",", places: Int = 4, using generator: inout SeededGenerator,
    _ judge: (StatementEntries) -> Void
  ) {
    for tensor in tensors where tensor.name.contains(part) {
      guard let range = tensor.name.range(of: ", digit "), let digit = Int(tensor.name[range.upperBound...]) else {
        continue
      }
      let name = tensor.name[..<range.lowerBound]
      guard let next = circuit.tensors.first(where: { $0.name == "\(name), digit \(digit + 1)" }) else { continue }
      let base = Int64(1) << Int64(digitBits)
      for place in tensor.realPlaces.shuffled(using: &generator).prefix(places) {
        for (own, other) in [(base, Int64(-1)), (-base, 1)] {
          var data = step.data
          data[tensor, place] += ScalarField(own)
          data[next, place] += ScalarField(other)
          judge(data)
        }
        for change in [Int64(1)] + (1..<digitBits).map({ 1 << Int64($0) }) {
          var data = step.data
          data[tensor, place] -= ScalarField(change)
          data[next, place] += ScalarField(change) * (ScalarField(base).inverse() ?? .zero)
          judge(data)
        }
      }
    }
  }

  /// A rounded number plus a fraction that its remainder makes up for, where the layer reads it with weights of zero or not at
  /// all; position 0 is not rotated, and its weight in its own row is 2^22.
  func fractions(_ judge: (StatementEntries) -> Void) {
    let parameters = inference.model.parameters
    let shifts: [(String, Int)] = [
      ("attention norm", 32), ("feed-forward norm", 32), ("head norm", 32), ("query", parameters.queryShift),
      ("key", parameters.keyShift), ("value", parameters.valueShift), ("rotated query", 14), ("rotated key", 14),
      ("attended", 46), ("attention output", parameters.outputShift), ("up", parameters.upShift),
      ("hidden", parameters.hiddenShift), ("state", parameters.downShift),
      ("attention gained", parameters.attentionGainShift ?? 0),
      ("feed-forward gained", parameters.feedForwardGainShift ?? 0), ("gate", parameters.gateShift),
    ]
    for (name, shift) in shifts {
      guard
        circuit.tensors.contains(where: { $0.name == "\(name) remainder" || $0.name == "\(name) remainder, digit 0" })
      else { continue }
      let value = circuit.digits(name)
      guard let last = value.last, let remainder = circuit.digits("\(name) remainder").first else { continue }
      for power in 0..<min(digitBits, shift) {
        var fill = silent
        let positions = last.axes[0].size
        let place =
          ["value", "rotated key"].contains(name) ? (positions - 1) << (last.logSize - last.axes[0].logSize) : 0
        let change = ScalarField(Int64(1) << Int64(power))
        let weight = BigFraction.powerOfTwo(shift + digitBits * (value.count - 1))
        let offset: ScalarField = fill.data[remainder, place].integer >= 1 << Int128(power) ? .one : -.one
        let fraction = offset * change * (weight.inverse() ?? .zero)
        fill.data[remainder, place] -= offset * change
        fill.data[last, place] += fraction
        // What reads the number, where an integer comes out of it.
        if name == "query" || name == "key" {
          fill.data[circuit.digits("rotated \(name) remainder")[0], place] += ScalarField(Int64(1 << 14)) * fraction
        }
        if name == "state" || name == "attention output" {
          let weight = BigFraction.powerOfTwo(digitBits * (value.count - 1))
          if name == "state" { fill.data[circuit.tensor("output"), place] += weight * fraction }
        }
        if name == "value" {
          let sum = circuit.tensor("weighted sum")
          let exponential = circuit.tensor("exponential")
          // The last key is seen by the last query only.
          let members = inference.model.configuration.members
          let width = 1 << Axis.logarithm(inference.model.configuration.halfHead)
          for member in 0..<members {
            let row = member << (2 * exponential.axes[3].logSize) | (positions - 1) << exponential.axes[3].logSize
            let e = fill.data[exponential, row | positions - 1]
            let target = (positions - 1) << (sum.logSize - sum.axes[0].logSize) | member * 2 * width
            fill.data[sum, target] += e * fraction
            var total = ScalarField.zero
            for (digit, tensor) in circuit.digits("reciprocal").enumerated() {
              total +=
                BigFraction.powerOfTwo(digit * digitBits) * fill.data[tensor, row >> exponential.axes[3].logSize]
            }
            // Into the remainder, cut again.
            let digits = circuit.digits("attended remainder")
            var number = Int128(0)
            for tensor in digits.reversed() { number = number << Int128(digitBits) + fill.data[tensor, target].integer }
            number += (total * e * fraction).integer
            for (digit, tensor) in digits.enumerated() {
              let part = number >> Int128(digit * digitBits)
              fill.data[tensor, target] = ScalarField(
                digit == digits.count - 1 ? part : part & (1 << Int128(digitBits) - 1))
            }
          }
        }
        judge(fill.data)
      }
    }
  }

  /// Weights and hidden states so large that numbers leave their ranges, computed as they should be.
  func overflows(_ judge: (StatementEntries) -> Void) {
    for tensor in circuit.tensors where tensor.segment == .weights {
      for shift in [12, 14, 15, 16, 17, 18, 20, 24] {
        for sign in [Int64(1), -1] {
          for place in tensor.realPlaces.prefix(2) {
            for base in [honest, silent] {
              var fill = base
              fill.data[tensor, place] += ScalarField(sign << Int64(shift))
              fill.fill()
              judge(fill.data)
            }
          }
        }
      }
    }
    if kind == .layer {
      // X1 out of range, Y back in it.
      let (input, output) = (circuit.tensor("input"), circuit.digits("attention output"))
      for place in input.realPlaces {
        for (limit, direction) in [(Int128(1) << 31 - 1, Int128(1)), (-Int128(1) << 31, -1)] {
          var fill = honest
          let change = honestNumber(output, place) - fill.data[input, place].integer
          fill.data[input, place] = ScalarField(limit)
          if change * direction > 0 {
            fill.fill()
            judge(fill.data)
          }
        }
      }
    }
  }

  private func honestNumber(_ digits: [Tensor], _ place: Int) -> Int128 {
    digits.reversed().reduce(0) { $0 << Int128(digitBits) + honest.data[$1, place].integer }
  }
}

/// Powers of two in F.
enum BigFraction {
  /// 2^exponent.
  static func powerOfTwo(_ exponent: Int) -> ScalarField {
    (0..<exponent).reduce(ScalarField.one) { power, _ in power.doubled() }
  }
}

extension Axis {
  /// log2 of the padded size.
  static func logarithm(_ size: Int) -> Int { Axis("axis", size).logSize }
}
