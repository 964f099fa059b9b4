import Algebra
import Arguments
import Circuits
import Model
import Support

/// False steps about maxima, masks, padding and fractions, each of which takes more than one number.
extension StatementCorpus {
  /// Every way we know to cheat with several numbers at once.
  func jointChanges(using generator: inout SeededGenerator, _ judge: (StatementFill) -> Void) {
    guard kind == .layer else { return }
    let base = background(using: &generator)
    for step in [honest, base] {
      maxima(step, judge)
      masks(step, judge)
    }
    padding(base, judge)
    guard inference.model.parameters.ternary != nil else { return }
    for step in [honest, base] {
      for quantised in Quantised.all { quantisation(quantised, step, judge) }
    }
    largeInputs(base, judge)
    fractions(base, judge)
  }

  /// Other maxima, the entry that serves as a row's largest being what an altered statement asks for.
  func largestChanges(
    of altered: StepStatement, zero place: Int, using generator: inout SeededGenerator, _ judge: (StatementFill) -> Void
  ) {
    var base = background(using: &generator)
    base.statement = altered
    let multiplicities = altered.zeros[place].multiplicities.name
    if let quantised = Quantised.all.first(where: { multiplicities == "\($0.name) largest count" }) {
      quantisation(quantised, base, judge)
    } else {
      maxima(base, judge)
    }
  }

  /// Maxima larger than every score, for which something else than a visible zero has to serve.
  private func maxima(_ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let count = circuit.tensor("zero count")
    let (width, positions) = (count.axes[3].logSize, count.axes[3].size)
    for row in [0, 1, positions + 2, 2 * positions + positions - 1] {
      let value = step.number(circuit.digits("maximum"), row)
      for change in [Int128(1), -1, 512, 1024, 2048] {
        var fill = step
        fill.pins = ["maximum number": [row: ScalarField(value + change)]]
        // A key of the future, whose difference is free, as the zero.
        if row % positions + 1 < positions && change > 0 {
          let place = row << width | positions - 1
          fill.pins["difference low"] = [place: .zero]
          fill.pins["difference high"] = [place: .zero]
        }
        fill.fill()
        judge(fill)
      }
    }
  }

  /// An exponential of the future.
  private func masks(_ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let exponential = circuit.tensor("exponential")
    for place in exponential.realPlaces where place & 3 > place >> exponential.axes[3].logSize & 3 {
      guard place % 3 == 0 else { continue }
      var fill = step
      for (name, value) in [("exponential low", 3), ("exponential high", 5), ("exponential", 15)] as [(String, Int64)] {
        fill.pins[name] = [place: ScalarField(value)]
      }
      fill.fill()
      judge(fill)
    }
  }

  /// Numbers in padding, where nothing real reads them: true steps.
  private func padding(_ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let reciprocal = circuit.digits("reciprocal")[0]
    for place in 0..<reciprocal.count where !reciprocal.realPlaces.contains(place) {
      var fill = step
      fill.data[reciprocal, place] = ScalarField(Int64(5))
      judge(fill)
    }
  }

  /// Another maximum of a row, another square, another rounding with its quotient in F.
  private func quantisation(_ quantised: Quantised, _ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let (name, operand) = (quantised.name, circuit.tensor(quantised.operand))
    let maximum = circuit.tensor("\(name) maximum")
    let width = operand.logSize - maximum.logSize
    func filled(_ pins: [String: [Int: ScalarField]], _ change: (inout StatementFill) -> Void = { _ in }) {
      var fill = step
      fill.pins = pins
      change(&fill)
      fill.fill()
      judge(fill)
    }
    for position in 0..<maximum.axes[0].size {
      let places = operand.realPlaces.filter { $0 >> width == position }
      let largest = step.data[maximum, position].integer
      // The magnitude of another entry: those above are of one sign, or of both.
      let magnitudes = Set(places.map { abs(step.data[operand, $0].integer) }).sorted(by: >)
      for magnitude in magnitudes.prefix(4) {
        filled([maximum.name: [position: ScalarField(magnitude)]])
      }
      let square = ScalarField(largest * largest)
      for change in [Int128(1), 7, 1000] {
        let next = ScalarField(largest + change)
        filled([maximum.name: [position: next], "\(name) maximum square": [position: square]])
        if let serving = places.first(where: { abs(step.data[operand, $0].integer) == largest }) {
          filled([maximum.name: [position: next], "\(name) square": [serving: next * next]])
        }
        // An entry of the padding as the largest.
        guard
          let padded = (position << width..<(position + 1) << width).first(where: { !operand.realPlaces.contains($0) })
        else { continue }
        filled([maximum.name: [position: next]]) { fill in
          fill.data[operand, padded] = next
          fill.data[circuit.digits("\(quantised.operand) remainder")[0], padded] =
            -BigFraction.powerOfTwo(shift(of: quantised.operand)) * next
          fill.data[circuit.tensor("\(name) square"), padded] = next * next
          fill.data[circuit.tensor("\(name) rounding"), padded] = ScalarField(Int64(254)) * next
        }
      }
      for place in places.prefix(3) {
        let rounding = step.data[circuit.tensor("\(name) rounding"), place]
        for change in [ScalarField.one, -.one] { filled(["\(name) rounding": [place: rounding + change]]) }
        let quotient = step.data[circuit.tensor("\(name) quantised"), place]
        for change in [ScalarField.one, -.one] { filled(["\(name) quantised": [place: quotient + change]]) }
      }
    }
  }

  /// Rows whose one entry is beyond 16 bits, its magnitude within those of a maximum.
  private func largeInputs(_ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let input = circuit.tensor("input")
    let width = input.logSize - input.axes[0].logSize
    let (position, channel) = (1, 2)
    var alone = step
    for place in input.realPlaces {
      let isRow = place >> width == position
      let isColumn = place & (1 << width - 1) == channel
      if isRow != isColumn { alone.data[input, place] = .zero }
      if isRow && isColumn { alone.data[input, place] = ScalarField(Int64(1 << 24)) }
    }
    alone.fill()
    let place = position << width | channel
    for name in ["attention", "feed-forward"] {
      largeInputs(alone, name, normalised: alone.number(circuit.digits("\(name) norm"), place), channel, judge)
    }
  }

  private func largeInputs(
    _ alone: StatementFill, _ name: String, normalised: Int128, _ channel: Int, _ judge: (StatementFill) -> Void
  ) {
    let gains = circuit.tensor("\(name) gains")
    guard normalised != 0 else { return }
    for target in [32767, 32768, 40000, 65535, 30000, -32767, -32768, -40000, -65535, -30000] as [Int128] {
      let product = target << Int128(shift(of: "\(name) gained"))
      var fill = alone
      fill.data[gains, channel] = ScalarField(product / normalised)
      fill.fill()
      judge(fill)
    }
  }

  /// Numbers of norms half an integer off, where gains are even; and values whose fractions the remainder of attention makes up for.
  private func fractions(_ step: StatementFill, _ judge: (StatementFill) -> Void) {
    let half = ScalarField(Int64(2)).inverse() ?? .zero
    for (norm, gains) in [("attention norm", "attention gains"), ("feed-forward norm", "feed-forward gains")] {
      let (number, weights) = (circuit.digits(norm)[0], circuit.tensor(gains))
      var even = step
      for place in weights.realPlaces { even.data[weights, place] = even.data[weights, place].doubled() }
      even.fill()
      for place in number.realPlaces {
        for change in [half, -half] {
          var fill = even
          fill.pins = [norm: [place: even.data[number, place] + change]]
          fill.fill()
          judge(fill)
        }
      }
    }
    let value = circuit.digits("value")[0]
    let last = value.axes[0].size - 1
    for place in value.realPlaces where place >> (value.logSize - value.axes[0].logSize) == last {
      for change in [half, -half] {
        var fill = step
        fill.pins = ["value": [place: step.data[value, place] + change]]
        fill.fill()
        judge(fill)
      }
    }
  }

  private func shift(of name: String) -> Int {
    let parameters = inference.model.parameters
    switch name {
    case "attention gained": return parameters.attentionGainShift ?? 0
    case "feed-forward gained": return parameters.feedForwardGainShift ?? 0
    case "hidden": return parameters.hiddenShift
    default: return QuantizationParameters.reciprocalBits
    }
  }
}

extension StatementFill {
  /// A number made of digits.
  func number(_ digits: [Tensor], _ place: Int) -> Int128 {
    digits.reversed().reduce(0) { $0 << Int128(inference.model.parameters.digitBits) + data[$1, place].integer }
  }
}
