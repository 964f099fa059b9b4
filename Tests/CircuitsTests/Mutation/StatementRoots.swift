import Algebra
import Arguments
import Circuits
import Model
import Support

/// Inverse roots and slacks of norms brought to the ends of their digits, and cut into digits of either sign.
extension StatementCorpus {
  private var norms: [String] {
    switch kind {
    case .layer: ["attention norm", "feed-forward norm"]
    case .head: ["head norm"]
    case .embedding, .final: []
    }
  }

  private func target(_ norm: String) -> Int128 {
    circuit.statement.products.first { $0.name == "\(norm) lower bound" }?.result.constant.integer ?? 0
  }

  /// Hidden states whose sums of squares bring every digit of a root and of its slacks near its end, and true steps cut otherwise;
  /// and roots off by one, whose negative slack hides in any of its digits.
  func rootsAndSlacks(using generator: inout SeededGenerator, _ judge: (StatementEntries) -> Void) {
    guard let norm = norms.first else { return }
    let base = background(using: &generator)
    let (width, target) = (inference.model.parameters.digitBits, target(norm))
    let epsilon = Int128(inference.model.parameters.normEpsilon)
    var sums: [Int128] = []
    for digit in circuit.digits("\(norm) inverse root").indices {
      let root = Int128(15) << Int128(width * (digit + 1) - 4)
      if root < 1 << 46 && target / (root * root) > epsilon { sums.append(target / (root * root)) }
    }
    // Slacks as large as there are, and beyond: the root is 1, then 0.
    for _ in 0..<6 { sums.append(target / 1009 * Int128(Int.random(in: 320...940, using: &generator))) }
    for eighths in [3, 6, 10, 12] { sums.append(target + Int128(eighths) << 93) }
    for sum in sums { judgeCut(state([floorSquareRoot(sum - epsilon)], base), using: &generator, judge) }
    // As large as 32 bits allow.
    for _ in 0..<4 {
      let row = circuit.tensor("input").axes[1].size
      let numbers = (0..<row).map { _ in
        Int128(1) << 31 - Int128(Int.random(in: 1...1 << 24, using: &generator))
      }
      judgeCut(state(numbers, base), using: &generator, judge)
    }
    negativeSlacks(judge)
  }

  /// Judges a step, and if it is true the ways to cut its roots and slacks.
  private func judgeCut(
    _ step: StatementFill, using generator: inout SeededGenerator, _ judge: (StatementEntries) -> Void
  ) {
    judge(step.data)
    guard step.data.violations(of: circuit.statement, atLeast: 1).isEmpty else { return }
    for norm in norms {
      for number in ["inverse root", "slack low", "slack high"] {
        otherDigits(of: step, named: "\(norm) \(number), ", using: &generator, judge)
      }
    }
  }

  /// A step whose last row is of these numbers, 0 after them, with values, gates and up projections of 0 there: weights that give
  /// the other rows theirs as before exist, since these rows do not depend on one another. Attention takes away what is
  /// beyond the range of X1.
  private func state(_ numbers: [Int128], _ base: StatementFill) -> StatementFill {
    let input = circuit.tensor("input")
    let width = input.logSize - input.axes[0].logSize
    let last = input.axes[0].size - 1
    var fill = base
    for place in input.realPlaces where place >> width == last {
      let channel = place & (1 << width - 1)
      fill.data[input, place] = channel < numbers.count ? ScalarField(numbers[channel]) : .zero
      if kind == .layer && (numbers.max() ?? 0) >= 1 << 31 {
        fill.projections["attention output", default: [:]][place] = Int128(place % 7) << 20
      }
    }
    for name in ["value", "gate", "up"] where kind == .layer {
      let tensor = circuit.digits(name)[0]
      for place in tensor.realPlaces where place >> (tensor.logSize - tensor.axes[0].logSize) == last {
        fill.projections[name]?[place] = 0
      }
    }
    fill.fill()
    return fill
  }

  /// A root off by one; the slack, negative, is cut so that any one digit is.
  private func negativeSlacks(_ judge: (StatementEntries) -> Void) {
    for norm in norms {
      for (slack, change) in [("slack low", Int128(1)), ("slack high", -1)] {
        let digits = circuit.digits("\(norm) \(slack)")
        var fill = honest
        let place = 0
        let root = honest.number(circuit.digits("\(norm) inverse root"), place)
        fill.pins = ["\(norm) inverse root number": [place: ScalarField(root + change)]]
        fill.fill()
        let width = Int128(inference.model.parameters.digitBits)
        let number = fill.number(digits, place)
        for last in digits.indices {
          var data = fill.data
          for (index, tensor) in digits.enumerated() {
            let part = number >> (width * Int128(index))
            data[tensor, place] = ScalarField(index < last ? part & (1 << width - 1) : index == last ? part : 0)
          }
          judge(data)
        }
      }
    }
  }

  /// Roots so small that the top digit of the slack below is 1, from an altered bound.
  func smallerRoots(of altered: StepStatement, _ product: String, _ judge: (StatementFill) -> Void) {
    guard let norm = norms.first(where: { product == "\($0) upper bound" }) else { return }
    let digits = circuit.digits("\(norm) slack low")
    let top = Int128(1) << Int128(inference.model.parameters.digitBits * (digits.count - 1))
    var fill = honest
    fill.statement = altered
    let sum = circuit.digits("\(norm) square sum").reversed().reduce(Int128(0)) {
      $0 << 48 + honest.data[$1, 0].integer
    }
    let root = floorSquareRoot((target(norm) - top) / max(1, sum))
    fill.pins = ["\(norm) inverse root number": [0: ScalarField(root)]]
    fill.fill()
    judge(fill)
  }

  private func floorSquareRoot(_ value: Int128) -> Int128 {
    var (low, high): (Int128, Int128) = (0, 1 << 62)
    while low < high {
      let middle = (low + high + 1) / 2
      if middle * middle <= value { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
