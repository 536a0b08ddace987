//! Numbers in bins and steps.
//!
//! # What this module does not know
//!
//! Columns.

use crate::transform::error::TransformError;

/// Half-open bins between edges in rising order, and one at either end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bins {
    edges: Vec<f64>,
    labels: Vec<String>,
}

impl Bins {
    pub(crate) fn new(edges: &[f64]) -> Result<Self, TransformError> {
        let rising = edges.iter().zip(edges.iter().skip(1)).all(|(low, high)| low < high);
        let (Some(first), Some(last)) = (edges.first(), edges.last()) else { return Err(TransformError::Bins) };
        if !rising || !edges.iter().all(|edge| edge.is_finite()) {
            return Err(TransformError::Bins);
        }
        let between = edges.iter().zip(edges.iter().skip(1)).map(|(low, high)| format!("[{low},{high})"));
        let labels = [format!("<{first}")].into_iter().chain(between).chain([format!(">={last}")]).collect();
        Ok(Self { edges: edges.to_vec(), labels })
    }

    /// The bin of a number; `None` for what is no number.
    pub(crate) fn label(&self, number: f64) -> Option<&str> {
        if number.is_nan() {
            return None;
        }
        self.labels.get(self.edges.partition_point(|edge| *edge <= number)).map(String::as_str)
    }
}

/// Multiples of a number above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step(f64);

impl Step {
    pub(crate) fn new(step: f64) -> Result<Self, TransformError> {
        if step.is_finite() && step > 0.0 { Ok(Self(step)) } else { Err(TransformError::Bins) }
    }

    /// The step in units of `10^-scale`, where it is a whole number of them.
    pub(crate) fn whole(self, scale: i8) -> Option<i128> {
        let units = self.0 * 10f64.powi(i32::from(scale));
        let whole = units.round();
        // Up to 2^53 a float holds whole numbers exactly.
        ((1.0..9e15).contains(&whole) && (units - whole).abs() < 1e-9 * whole).then_some(whole as i128)
    }

    /// The greatest multiple that is not above a number; `None` for what has none.
    ///
    /// A quotient within 10^-9 of a whole number is taken for it: 0.3 is three steps of 0.1, not two.
    pub(crate) fn floor(self, number: f64) -> Option<f64> {
        if !number.is_finite() {
            return None;
        }
        let quotient = number / self.0;
        let near = quotient.round();
        let count = if (quotient - near).abs() <= 1e-9 * near.abs().max(1.0) { near } else { quotient.floor() };
        // Dividing by 10 gives the float nearest to a multiple of 0.1, multiplying by 0.1 does not.
        let inverse = (1.0 / self.0).round();
        let exact = inverse > 1.0 && (inverse * self.0 - 1.0).abs() < 1e-12;
        let floor = if exact { count / inverse } else { count * self.0 } + 0.0;
        floor.is_finite().then_some(floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_closed_below_and_open_above() {
        let bins = Bins::new(&[18.0, 30.0, 45.5]).unwrap();
        for (number, label) in [(17.9, "<18"), (18.0, "[18,30)"), (30.0, "[30,45.5)"), (45.5, ">=45.5")] {
            assert_eq!(bins.label(number), Some(label));
        }
        assert_eq!(bins.label(f64::NAN), None);
        for edges in [&[][..], &[2.0, 1.0], &[1.0, 1.0], &[f64::NAN], &[f64::INFINITY]] {
            assert!(Bins::new(edges).is_err());
        }
    }

    #[test]
    fn steps_floor_to_the_nearest_float_of_the_multiple() {
        for (step, number, floor) in [
            (10.0, 19.9, 10.0),
            (10.0, -1.0, -10.0),
            (0.1, 0.3, 0.3),
            (0.1, 0.39, 0.3),
            (0.05, 0.15, 0.15),
            (2.5, 7.4, 5.0),
        ] {
            assert_eq!(Step(step).floor(number), Some(floor), "{number} by {step}");
        }
        assert_eq!(Step(1.0).floor(f64::NAN), None);
        assert_eq!(Step(1e308).floor(f64::MIN), None);
        assert_eq!((Step(0.5).whole(2), Step(0.5).whole(0)), (Some(50), None));
        assert!(Step::new(0.0).is_err() && Step::new(f64::INFINITY).is_err());
    }
}
